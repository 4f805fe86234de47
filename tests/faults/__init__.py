"""What happens to a result when its run is killed, interrupted, or finds no room, no right or no memory."""
