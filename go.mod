module eddy

go 1.26
