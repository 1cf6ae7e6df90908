"""A shop that welcomes its customers by mail: at once, or through a worker in a process of its own."""
