"""The footprint of the jobs of a batch system, from its accounting log.

``slurm`` reads a log row by row into :class:`Job` records (its cells as ``import`` reads them, in ``formats``);
``cluster`` says which hardware stands behind a partition, and where; ``tally`` adds jobs up by what their
footprint depends on;
``prices`` is the footprint of one core-hour, GPU-hour and GB-hour, by the arithmetic of ``footprint``;
``account`` multiplies the two; ``statement`` and ``report`` write them down.
"""
