"""Routes and responses in Mailpit's own shapes."""
