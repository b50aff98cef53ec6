"""Variance of weighted least squares when effects of one cluster are correlated: bias-reduced linearisation (CR2).

The model is y = X b + e with working variances phi (v + tau2) and weights 1 / phi. With M = (X' W X)^-1 the variance of
b is the sandwich of each cluster's scores, whose residuals are multiplied by A = D B^(-1/2) D, D = phi^(1/2),
B = D (Phi - X M X') D (Moore-Penrose), so that it is unbiased where the working variances hold. Satterthwaite degrees
of freedom match its mean and variance there. Source: Pustejovsky and Tipton 2018, 10.1080/07350015.2016.1247004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

#: Degrees of freedom below which no p value is given (J).
FEWEST_DF = 4.0
#: Of a cluster's residuals, a direction of which the fit leaves over less than this share counts as fitted exactly.
_FITTED = 1e-10


@dataclass(frozen=True, slots=True)
class Robust:
    """Robust variance of q contrasts c'b of each analysis of a stack.

    Attributes:
        variance: Covariance matrix of the contrasts, shape (..., q, q).
        df: Satterthwaite degrees of freedom of each contrast, > 0, shape (..., q); NaN where the clusters leave none.
    """

    variance: Floats
    df: Floats

    @property
    def se(self) -> Floats:
        """Standard errors, shape (..., q)."""
        return np.sqrt(np.diagonal(self.variance, axis1=-2, axis2=-1))


def cluster_index(names: Sequence[str]) -> Index:
    """The number of each name's cluster, shape (k,), counted from 0 in the order of first appearance."""
    order = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return np.array([order[name] for name in names], dtype=np.intp)


def cr2(design: Floats, residuals: Floats, phi: Floats, clusters: Index, contrasts: Floats | None = None) -> Robust:
    """The CR2 variance of weighted least squares with weights 1 / phi.

    Args:
        design: X, shape (k, p), or (..., k, p); of full column rank over the effects present.
        residuals: y - X b, shape (..., k).
        phi: Working variances (v + tau2), shape (..., k); inf where an effect is absent.
        clusters: Number of each effect's cluster, shape (k,), the same for every analysis of the stack.
        contrasts: Shape (q, p); each coefficient by itself if not given.

    Raises:
        numpy.linalg.LinAlgError: X has not full column rank.

    Error: rounding (1e-15) over the smallest share of a cluster's variance that the fit leaves over.
    """
    present = np.isfinite(phi)
    phi = np.where(present, phi, 1.0)
    x = np.where(present[..., None], design, 0.0)
    e = np.where(present, residuals, 0.0)
    m = np.linalg.inv(np.einsum("...kp,...kq->...pq", x / phi[..., None], x))
    c = np.eye(x.shape[-1]) if contrasts is None else np.asarray(contrasts, dtype=float)
    parts = [_cluster_parts(x[..., at, :], e[..., at], phi[..., at], m, m @ c.T) for at in _by_size(clusters)]
    scores, kept, pulls = (np.concatenate([part[i] for part in parts], axis=-2) for i in range(3))
    variance = np.einsum("...jq,...jr->...qr", scores, scores)
    return Robust(variance, _satterthwaite(kept, pulls, m, np.einsum("qp,...pr,qr->...q", c, m, c)))


def _by_size(clusters: Index) -> list[Index]:
    """Positions of the members of each cluster, clusters of one size together: arrays of shape (clusters, size)."""
    order = np.argsort(clusters, kind="stable")
    sizes = np.bincount(clusters)
    members = np.split(order, np.cumsum(sizes)[:-1])
    return [np.stack([at for at in members if at.size == size]) for size in np.unique(sizes[sizes > 0])]


def _cluster_parts(x: Floats, e: Floats, phi: Floats, m: Floats, mc: Floats) -> tuple[Floats, Floats, Floats]:
    """Of clusters of one size s: x of shape (..., j, s, p), e and phi (..., j, s), M (..., p, p), M c (..., p, q).

    Returns:
        The scores p'e, the p' Phi p and, with p as the last axis but one, the pulls X'p, where p = A W X M c; shapes
        (..., j, q), (..., j, q) and (..., p, j, q).
    """
    weighted = (x / phi[..., None]) @ mc[..., None, :, :]
    p = _adjustment(x, phi, m) @ weighted
    scores = np.einsum("...sq,...s->...q", p, e)
    kept = np.einsum("...sq,...s->...q", p * p, phi)
    pulls = np.moveaxis(np.einsum("...sp,...sq->...pq", x, p), -2, -3)
    return scores, kept, pulls


def _adjustment(x: Floats, phi: Floats, m: Floats) -> Floats:
    """A = D B^(-1/2) D of each cluster, shape (..., j, s, s).

    B = L L' with L = Phi R and R the root of I - U M U', U = Phi^(-1/2) X: the singular values of L are the roots of
    B's eigenvalues, and keep the digits that squaring phi would cost. What has no residual is seen in R, which is
    free of scale.
    """
    root_phi = np.sqrt(phi)
    u = x / root_phi[..., None]
    size = phi.shape[-1]
    left = np.eye(size) - u @ m[..., None, :, :] @ np.swapaxes(u, -1, -2)
    values, vectors = np.linalg.eigh(left)
    there = values > _FITTED
    root = (vectors * np.sqrt(np.where(there, values, 0.0))[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    turn, singular, _ = np.linalg.svd(phi[..., None] * root)
    used = np.arange(size) < there.sum(-1)[..., None]
    inverse = np.divide(1.0, singular, where=used, out=np.zeros_like(singular))
    half = (turn * inverse[..., None, :]) @ np.swapaxes(turn, -1, -2)
    return np.asarray(root_phi[..., :, None] * half * root_phi[..., None, :])


def _satterthwaite(kept: Floats, pulls: Floats, m: Floats, usual: Floats) -> Floats:
    """Degrees of freedom (sum P_jj)^2 / sum P_ij^2, P_ij = [i = j] p'Phi p - (X'p)_i' M (X'p)_j, shape (..., q).

    The sum of P_jj is the expected variance; next to nothing of the ``usual`` one c'M c means that nothing is left.
    """
    own = np.einsum("...pjq,...pr,...rjq->...jq", pulls, m, pulls)
    rest = kept - own
    product = np.einsum("...pjq,...rjq->...qpr", pulls, pulls) @ m[..., None, :, :]
    between = np.einsum("...qpr,...qrp->...q", product, product) - (own * own).sum(-2)
    total = rest.sum(-2)
    spread = (rest * rest).sum(-2) + between
    seen = total > _FITTED * usual
    return np.where(seen, np.divide(total * total, spread, where=seen, out=np.zeros_like(total)), np.nan)
