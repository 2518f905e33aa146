"""The node graph: its language, the declarations of the nodes, and what each node does when it runs."""
