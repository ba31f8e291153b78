# What a picture tells of itself, read only where the box is ticked.
told-tick = 用照片里的地点和时间
told-tick-hint = 勾选后，收到照片时读一次：地点帮您选“在哪里”，拍摄时间写在您的话后面，都先给您看；读完就和其他拍摄信息一起删掉。不勾选就不读。
told-help = 有现场照片？可以帮您找地方
told-look = 看看照片
told-hint = 根据照片
told-place = 根据照片，地点是“{ $place }”，已经替您选上。照片的定位会差几十米，不对请改。
told-other = 照片是在“{ $place }”拍的，您选的是别处，以您选的为准。
told-outside = 照片拍摄的地方不在我们的社区里，没有用它。请您选一下在哪里。
told-nowhere = 照片里没有拍摄地点（截图和微信里转来的照片一般没有）。请您选一下在哪里。
told-line = 照片摄于 { $year } 年 { $month } 月 { $day } 日 { $clock }
told-written = 根据照片，在您的话后面加了一行：“{ $line }”。不想留，可以改掉。
