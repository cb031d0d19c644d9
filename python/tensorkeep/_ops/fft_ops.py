"""Discrete Fourier transforms of complex64 or complex128 tensors, and their inverses."""

from __future__ import annotations

from typing import Any

from tensorkeep._ops import raw

__all__ = ["fft", "fft2d", "fft3d", "ifft", "ifft2d", "ifft3d"]


def fft(input: Any, name: str | None = None) -> Any:
    """Along the last dimension."""
    return raw.output("FFT", [input], name)


def ifft(input: Any, name: str | None = None) -> Any:
    """The inverse of `fft`."""
    return raw.output("IFFT", [input], name)


def fft2d(input: Any, name: str | None = None) -> Any:
    """Along the last two dimensions."""
    return raw.output("FFT2D", [input], name)


def ifft2d(input: Any, name: str | None = None) -> Any:
    """The inverse of `fft2d`."""
    return raw.output("IFFT2D", [input], name)


def fft3d(input: Any, name: str | None = None) -> Any:
    """Along the last three dimensions."""
    return raw.output("FFT3D", [input], name)


def ifft3d(input: Any, name: str | None = None) -> Any:
    """The inverse of `fft3d`."""
    return raw.output("IFFT3D", [input], name)
