"""The expressways: the network as class and status, its topology, drive times, redundancy."""
