"""Operations that exist only for clients of Mailpit."""
