"""What cvjkit adds to Voila: settings, a template for its pages, and who may visit them."""
