module hookwright.test/netrpc-peer

go 1.25

require github.com/hashicorp/yamux v0.1.2
