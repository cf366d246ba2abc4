"""What the actions of a show do: each module takes those of one area, on the thread that draws.

    parts     what a running show is made of
    view      background, mirror, place, window
    sources   sources, their order and calm, rest, left and right, devices
    faces     curves, motion, expressions, weights from outside
    works     outputs, takes, avatars
    keeping   settings, profiles, notices, the end
    telling   what the show says of itself: state and live
"""
