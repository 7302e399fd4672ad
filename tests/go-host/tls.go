package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin"
)

// tlsCases are about AutoMTLS.
var tlsCases = []testCase{
	{"tls_automtls_of_the_real_host", autoMTLS},
	{"tls_automtls_over_a_unix_socket", autoMTLSUnix},
	{"tls_a_host_certificate_with_p256", func(t *T) { curve(t, ecKey(t, elliptic.P256())) }},
	{"tls_a_host_certificate_with_p384", func(t *T) { curve(t, ecKey(t, elliptic.P384())) }},
	{"tls_a_host_certificate_with_p521", func(t *T) { curve(t, ecKey(t, elliptic.P521())) }},
	{"tls_a_host_certificate_with_rsa_2048", func(t *T) { curve(t, rsaKey(t)) }},
	{"tls_a_host_certificate_with_ed25519", func(t *T) { curve(t, edKey(t)) }},
	{"tls_version_1_2_is_spoken_too", tls12},
	{"tls_our_certificate_is_one_for_localhost_valid_now", ourCertificate},
	{"tls_a_client_without_a_certificate_is_refused_and_told_of", noClientCertificate},
	{"tls_a_client_with_another_certificate_is_refused", otherCertificate},
	{"tls_a_plaintext_client_is_refused_and_the_host_goes_on", plaintext},
	{"tls_half_a_hello_does_not_keep_others_waiting", halfHello},
}

func autoMTLSOn(config *plugin.ClientConfig) { config.AutoMTLS = true }

func autoMTLS(t *T) {
	for range 3 {
		p := t.launch("fixture", autoMTLSOn)
		p.serves()
		if took := p.kill(); took > time.Second {
			t.Errorf("kill took %v", took)
		}
		p.endedWith0()
	}
}

func autoMTLSUnix(t *T) {
	p := t.launch("fixture", autoMTLSOn, with("HOOKWRIGHT_LISTEN=unix"))
	p.serves()
	p.kill()
	p.endedWith0()
}

func ecKey(t *T, curve elliptic.Curve) crypto.Signer {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	t.ok(err, "a key")
	return key
}

func rsaKey(t *T) crypto.Signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	t.ok(err, "a key")
	return key
}

func edKey(t *T) crypto.Signer {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	t.ok(err, "a key")
	return key
}

// identity makes a certificate as go-plugin makes its own: a CA that is used as a leaf.
func (t *T) identity(key crypto.Signer) (tls.Certificate, string) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	t.ok(err, "a serial number")
	template := &x509.Certificate{
		Subject:      pkix.Name{CommonName: "localhost", Organization: []string{"HashiCorp"}},
		DNSNames:     []string{"localhost"},
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement | x509.KeyUsageCertSign,
		SerialNumber: serial, BasicConstraintsValid: true, IsCA: true,
		NotBefore: time.Now().Add(-30 * time.Second), NotAfter: time.Now().Add(262980 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	t.ok(err, "a certificate")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(text)
}

// mutual is AutoMTLS with a certificate of our own.
func (t *T) mutual(key crypto.Signer, change func(*tls.Config)) option {
	certificate, text := t.identity(key)
	return func(config *plugin.ClientConfig) {
		config.TLSConfig = &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, ServerName: "localhost",
			ClientAuth: tls.RequireAndVerifyClientCert,
		}
		if change != nil {
			change(config.TLSConfig)
		}
		config.Cmd.Env = append(config.Cmd.Env, "PLUGIN_CLIENT_CERT="+text)
	}
}

func curve(t *T, key crypto.Signer) {
	p := t.launch("fixture", t.mutual(key, nil))
	p.serves()
	if p.config.TLSConfig.RootCAs == nil {
		t.Errorf("the plugin gave no certificate")
	}
	p.kill()
	p.endedWith0()
}

func tls12(t *T) {
	p := t.launch("fixture", t.mutual(ecKey(t, elliptic.P521()), func(config *tls.Config) {
		config.MaxVersion = tls.VersionTLS12
	}))
	p.serves()
	p.kill()
	p.endedWith0()
}

func ourCertificate(t *T) {
	var printed lockedBuffer
	p := t.launch("fixture", autoMTLSOn, byRunner(&printed, nil))
	p.serves()
	p.kill()
	fields := strings.Split(strings.TrimSpace(string(printed.bytes())), "|")
	if len(fields) != 6 {
		t.Fatalf("it announced %q", printed.bytes())
	}
	der, err := base64.RawStdEncoding.DecodeString(fields[5])
	t.ok(err, "the sixth field")
	certificate, err := x509.ParseCertificate(der)
	t.ok(err, "the certificate")
	equal(t, "names", fmt.Sprint(certificate.DNSNames), "[localhost]")
	t.ok(certificate.VerifyHostname("localhost"), "the name")
	if now := time.Now(); now.Before(certificate.NotBefore.Add(20*time.Second)) || now.After(certificate.NotAfter) {
		t.Errorf("valid from %v to %v", certificate.NotBefore, certificate.NotAfter)
	}
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth} {
		if !slices.Contains(certificate.ExtKeyUsage, usage) {
			t.Errorf("it is not for usage %v", usage)
		}
	}
}

// secured launches a plugin with AutoMTLS, that has served its host.
func (t *T) secured() *Plugin {
	p := t.launch("fixture", t.mutual(ecKey(t, elliptic.P521()), nil))
	if p.config.TLSConfig.RootCAs == nil {
		t.Fatalf("the plugin gave no certificate")
	}
	p.serves()
	return p
}

// refused holds that a client gets no answer to its first bytes of HTTP/2, and that this was told of.
func (p *Plugin) refused(config *tls.Config) {
	conn := p.dial()
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	secure := tls.Client(conn, config)
	err := secure.HandshakeContext(context.Background())
	if err == nil {
		// With TLS 1.3 a client hears of its refusal when it reads.
		_, _ = secure.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
		var answer [64]byte
		var read int
		if read, err = secure.Read(answer[:]); err == nil {
			p.t.Errorf("it was answered %q", answer[:read])
		}
	}
	p.warned("TLS handshake")
}

// warned holds that there is a record at WARN.
func (p *Plugin) warned(about string) {
	p.waitFor(about)
	if said := p.log.find(about); said != nil {
		equal(p.t, "level of "+said.message, said.level.String(), "warn")
	}
}

func noClientCertificate(t *T) {
	p := t.secured()
	p.refused(&tls.Config{ServerName: "localhost", RootCAs: p.config.TLSConfig.RootCAs, NextProtos: []string{"h2"}})
	p.serves()
	p.kill()
	p.endedWith0()
}

func otherCertificate(t *T) {
	p := t.secured()
	other, _ := t.identity(ecKey(t, elliptic.P521()))
	p.refused(&tls.Config{
		ServerName: "localhost", RootCAs: p.config.TLSConfig.RootCAs, NextProtos: []string{"h2"},
		Certificates: []tls.Certificate{other},
	})
	// The right certificate, by somebody who does not have its key.
	stolen := tls.Certificate{Certificate: p.config.TLSConfig.Certificates[0].Certificate, PrivateKey: other.PrivateKey}
	p.refused(&tls.Config{
		ServerName: "localhost", RootCAs: p.config.TLSConfig.RootCAs, NextProtos: []string{"h2"},
		Certificates: []tls.Certificate{stolen},
	})
	p.serves()
	p.kill()
	p.endedWith0()
}

func plaintext(t *T) {
	p := t.secured()
	conn := p.dial()
	defer conn.Close()
	_, err := conn.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
	t.ok(err, "writing")
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	var answer bytes.Buffer
	_, _ = answer.ReadFrom(conn)
	if bytes.Contains(answer.Bytes(), []byte("grpc")) {
		t.Errorf("it was answered %q", answer.Bytes())
	}
	p.warned("TLS handshake")
	p.serves()
	p.kill()
	p.endedWith0()
}

func halfHello(t *T) {
	p := t.prepare("fixture", t.mutual(ecKey(t, elliptic.P521()), nil))
	_, err := p.client.Start()
	t.ok(err, "launching")
	for range 20 {
		conn := p.dial()
		defer conn.Close()
		_, err := conn.Write([]byte("\x16\x03\x01\x02\x00\x01\x00"))
		t.ok(err, "writing")
	}
	began := time.Now()
	t.ok(p.connect(), "connecting")
	p.serves()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the host waited %v", took)
	}
	if took := p.kill(); took > time.Second {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
}
