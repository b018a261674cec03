"""From a brief to a plan by rules, without a key; and from a shot to the request that is bought for it."""
