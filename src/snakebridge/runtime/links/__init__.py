"""Links: how frames reach a worker. The lane is shared with the guest; the gRPC link's host end is here."""

from snakebridge.runtime.links._grpc import Control, GrpcLink
from snakebridge.runtime.links._link import HostLink
from snakebridge.runtime.links._peer import Peer, peer_of

__all__ = ["Control", "GrpcLink", "HostLink", "Peer", "peer_of"]
