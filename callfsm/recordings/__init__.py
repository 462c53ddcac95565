"""The parts of a recording: what is hidden in it, how each thing is told, and how it reaches the file.

`callfsm.recorder.Recorder` puts them together; docs/recordings.md tells the format.
"""
