"""What `gatehouse message lint` looks for: rules over the files, over the layouts, and over what is made of them."""
