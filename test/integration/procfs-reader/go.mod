module procfs-reader

go 1.26.0

require github.com/prometheus/procfs v0.23.0

require golang.org/x/sync v0.24.0 // indirect
