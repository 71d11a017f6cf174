"""The embedded pair of sandboxes: a CRM and an ERP, real HTTP servers on loopback."""
