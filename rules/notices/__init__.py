"""Who is told what, once; a notice on its way; previews."""
