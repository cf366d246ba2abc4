"""What a mouth does while somebody speaks, heard from sound alone: any voice, any language, no calibration.

    spectrum   samples -> log-mel bands
    features   bands -> the same, freed of gain, channel and background; causal
    net        a small convolution and a gated recurrence, in numpy
    listener   Listener: samples in, a `Mouth` every 10 ms out
    training/  how the shipped weights came about: synthesis of the training speech, the fit, the measurements

Time: hop k uses samples up to (k + 1) * 160 and tells the mouth `listener.DELAY_S` before that moment.
"""
