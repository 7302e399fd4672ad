"""AutoMTLS, with the BoringSSL of gRPC's C core on the host's side."""

import base64
import datetime

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import host
import schema
from case import case, equal

HOOKS = f"{schema.MATTERMOST}.PluginHooks"


def certificate(curve):
    """A key and a certificate for it, signed by itself, both as PEM."""
    key = ec.generate_private_key(curve)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(seconds=30))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(serialization.Encoding.PEM)


def pem(field):
    """The certificate in the handshake: DER, in base64 without padding."""
    assert field and "=" not in field, field
    der = base64.b64decode(field + "=" * (-len(field) % 4), validate=True)
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def call(plugin, key, own):
    credentials = grpc.ssl_channel_credentials(pem(plugin.fields[5]), key, own)
    with plugin.channel(credentials=credentials) as channel:
        return schema.Service(channel, HOOKS).Implemented(timeout=10).hooks


@case
def mutual_tls():
    for curve in (ec.SECP256R1(), ec.SECP384R1()):
        key, own = certificate(curve)
        with host.plugin(PLUGIN_CLIENT_CERT=own.decode()) as (plugin, _):
            assert call(plugin, key, own), curve.name


@case
def mutual_tls_over_a_unix_socket():
    key, own = certificate(ec.SECP256R1())
    with host.socket_folder() as folder:
        with host.plugin(PLUGIN_CLIENT_CERT=own.decode(), PLUGIN_UNIX_SOCKET_DIR=folder) as (plugin, _):
            credentials = grpc.ssl_channel_credentials(pem(plugin.fields[5]), key, own)
            with plugin.channel(credentials=credentials) as channel:
                assert schema.Service(channel, HOOKS).Implemented().hooks
                schema.Service(channel, "plugin.GRPCController").Shutdown()
                equal(plugin.ended(), 0)


@case
def strangers_are_refused_and_the_host_is_not():
    key, own = certificate(ec.SECP256R1())
    other_key, other = certificate(ec.SECP256R1())
    with host.plugin(PLUGIN_CLIENT_CERT=own.decode()) as (plugin, plaintext):
        for stranger in ((None, None), (other_key, other)):
            try:
                call(plugin, *stranger)
            except grpc.RpcError as error:
                equal(error.code(), grpc.StatusCode.UNAVAILABLE)
            else:
                raise AssertionError(f"a stranger got in: {'other' if stranger[0] else 'no'} certificate")
        try:
            schema.Service(plaintext, HOOKS).Implemented(timeout=10)
        except grpc.RpcError as error:
            equal(error.code(), grpc.StatusCode.UNAVAILABLE)
        else:
            raise AssertionError("a stranger got in: plaintext")
        assert call(plugin, key, own)
