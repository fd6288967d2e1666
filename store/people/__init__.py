"""Users, their credentials, the audit trail."""
