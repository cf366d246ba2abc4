"""What the webcam child is made of: cameras and films in, faces out. Nothing here is imported by the drawing process.

    shots       what a source gives: pictures with their times
    camera      an open camera; grabber: its newest picture; names: which cameras there are
    film        videos and pictures
    engines     who finds the face: mediapipe_engine, or opencv_engine with nets, roi, detector and facepose
    steady      the filter of the landmarks
    headframe   landmarks as seen by the head itself
    presence    whether it is still the same face
    solver      each shape from the better of two sources
    tracker     picture in, face out
"""
