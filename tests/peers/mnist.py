"""The bundled MNIST images as a float32 array in [0, 1], without other packages than NumPy."""

import gzip
import pathlib

import numpy


def training_images(folder):
    """The first 55,000 training images, [55000, 784]: the last 5,000 are held out."""
    raw = gzip.decompress((pathlib.Path(folder) / "train-images-idx3-ubyte.gz").read_bytes())
    pixels = numpy.frombuffer(raw, numpy.uint8, offset=16).reshape(-1, 784)
    return pixels[:55_000].astype(numpy.float32) / 255
