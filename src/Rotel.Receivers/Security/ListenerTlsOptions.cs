using Rotel.Certificates;

namespace Rotel.Receivers.Security;

/// <summary>
/// TLS of the OTLP listeners. A certificate and its key turn it on for both of them, also where they are sockets of the file system; each
/// is given as a file or as PEM text. Authorities of clients turn mutual TLS on.
/// </summary>
/// <remarks>
/// Files are read again when they have changed, so that certificates can be replaced while Rotel runs; connections that are open keep the
/// old ones. While the new ones cannot be used the last good ones stay, and the log says so.
/// </remarks>
public sealed class ListenerTlsOptions
{
    /// <summary>Gets or sets the file of the certificate, in PEM form, followed by the intermediate certificates to send with it.</summary>
    /// <value>The default is <c>null</c>.</value>
    public string? CertificateFile { get; set; }

    /// <summary>Gets or sets the certificate as PEM text, in place of <see cref="CertificateFile"/>.</summary>
    /// <value>The default is <c>null</c>.</value>
    public string? CertificatePem { get; set; }

    /// <summary>Gets or sets the file of the certificate's private key, in PEM form and not encrypted; RSA or ECDSA.</summary>
    /// <value>The default is <c>null</c>.</value>
    public string? KeyFile { get; set; }

    /// <summary>Gets or sets the private key as PEM text, in place of <see cref="KeyFile"/>. A secret.</summary>
    /// <value>The default is <c>null</c>.</value>
    public string? KeyPem { get; set; }

    /// <summary>
    /// Gets or sets the file of the authorities, in PEM form, one of which must have issued every client's certificate; a client without
    /// one is refused then.
    /// </summary>
    /// <value>The default is <c>null</c>: clients need no certificate.</value>
    public string? ClientCaFile { get; set; }

    /// <summary>Gets or sets the authorities of clients as PEM text, in place of <see cref="ClientCaFile"/>.</summary>
    /// <value>The default is <c>null</c>.</value>
    public string? ClientCaPem { get; set; }

    /// <summary>Gets or sets the lowest version of TLS that is spoken.</summary>
    /// <value>The default is <see cref="TlsVersion.Tls12"/>.</value>
    public TlsVersion MinVersion { get; set; } = TlsVersion.Tls12;

    /// <summary>Gets or sets how often the files are looked at, while connections are being opened.</summary>
    /// <value>The default is 1 min. <see cref="TimeSpan.Zero"/> means never.</value>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether TLS is spoken.</summary>
    internal bool IsOn => IsSet(CertificateFile, CertificatePem) || IsSet(KeyFile, KeyPem) || AsksForCertificates;

    /// <summary>Whether clients must show a certificate.</summary>
    internal bool AsksForCertificates => IsSet(ClientCaFile, ClientCaPem);

    private static bool IsSet(string? file, string? pem) => !string.IsNullOrWhiteSpace(file) || !string.IsNullOrWhiteSpace(pem);
}
