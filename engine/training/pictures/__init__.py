"""Real pictures with captions as training data: folders and WebDataset shards, decoding, filters, batches."""
