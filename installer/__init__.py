"""Makes the environment that Sinopia runs in and starts it; standard library only, since nothing is installed yet."""
