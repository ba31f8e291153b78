# What a picture tells of itself, read only where the box is ticked.
told-tick = Use the place and time in the picture
told-tick-hint = If ticked, they are read once when the picture arrives: the place helps to choose where it is, the time is written below your words, and you see both first. Then they are deleted with all else that the camera wrote. Without the tick nothing is read.
told-help = A picture of it? It can help to find the place
told-look = Look at the picture
told-hint = By the picture
told-place = By the picture, the place is “{ $place }”; it is chosen for you. A picture may be off by some dozen metres: please change what is wrong.
told-other = The picture was taken in “{ $place }”. You chose another place, and yours counts.
told-outside = The picture was not taken in one of our communities, so its place is not used. Please choose where it is.
told-nowhere = The picture tells no place (screenshots and pictures passed on by WeChat mostly do not). Please choose where it is.
told-line = Picture taken on { $year }-{ $month }-{ $day } at { $clock }
told-written = By the picture, a line was added below your words: “{ $line }”. Take it out if you do not want it.
