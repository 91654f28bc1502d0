"""What a phone's camera reads of a picture: QR codes only.

A decoder of every kind of bar code now and then sees one of another kind in the dots of a QR code.
"""

from __future__ import annotations

import numpy as np
import zxingcpp
from PIL import Image


def texts_in(picture: Image.Image) -> list[str]:
    """Return the text of each QR code."""
    grey = np.asarray(picture.convert("L"))
    return [found.text for found in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)]
