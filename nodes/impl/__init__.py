"""What each node does when it runs, in the files of its declaration's family; imported by the engine process alone."""
