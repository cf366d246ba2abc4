"""The nouns of CartoonAlive: what can be saved, and how. Numpy, Pillow and safetensors only.

Conventions, written once and held everywhere:

* **Canvas** pixels, x to the right, y down, z toward the viewer. Positions are float32, triangles uint32.
* **Left and Right are the subject's own**, as in ARKit: the left eye of a portrait lies on the right of the
  picture. Whether the avatar acts as a mirror is a display setting, applied once, after normalising
  (`FaceFrame.mirrored`).
* **Weights** are float32 (52,), in the order of `assets.arkit.NAMES`, each in 0..1.
* **Head pose**: positive yaw turns to the subject's own left, positive pitch looks up, positive roll tilts toward
  the subject's own left shoulder. Positions are metres from the source's own neutral: x toward the subject's own
  left, y up, z toward the camera.
* **Units** stand in the name: `_rad` inside, `_deg` only where a person or a file format reads them, `_s`, `_px`, `_m`.
* **Time** is `time.perf_counter()` seconds.
* **Textures** in a model and in its file are straight-alpha RGBA8 whose colours are bled into the transparent
  pixels, so that a PNG from an avatar can be opened and painted; the renderer premultiplies once, at upload.
  Frames read back from the renderer are straight-alpha RGBA8 where a file format wants that.
"""
