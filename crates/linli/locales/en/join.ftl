# Joining a neighbour's matter, merging, messages both ways.
join-closed = That matter is closed already and cannot be joined. If it is not solved for you, please report it on its own.
join-far = That matter is not near by. Please check that it is the same.
