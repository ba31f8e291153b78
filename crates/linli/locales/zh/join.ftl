# Joining a neighbour's matter, merging, messages both ways.
join-closed = 这件事已经办结了，不能再并进去。如果您那里还没有好，请单独反映。
join-far = 这件事不在附近，请核对是不是同一件。
