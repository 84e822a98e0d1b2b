using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Rotel.Certificates;
using Rotel.Destinations;

namespace Rotel.Exporters.Http;

/// <summary>TLS towards one exporter's destinations: whom it trusts, and as whom it shows itself. Both follow their files.</summary>
internal sealed class ClientTls
{
    private readonly ClientTlsOptions _options;
    private readonly TimeProvider _time;
    private readonly Reloading<CertificateAuthorities>? _authorities;
    private readonly Reloading<IdentityCertificate>? _identity;

    private ClientTls(
        ClientTlsOptions options,
        TimeProvider time,
        Reloading<CertificateAuthorities>? authorities,
        Reloading<IdentityCertificate>? identity)
    {
        _options = options;
        _time = time;
        _authorities = authorities;
        _identity = identity;
    }

    /// <summary>Whether <see cref="Identity"/> may become another one.</summary>
    public bool IdentityChanges => _identity is not null && _options.CertFile is not null && _options.ReloadInterval > TimeSpan.Zero;

    /// <summary>The certificate that is shown now; null for none. Looks at the files when that is due.</summary>
    public IdentityCertificate? Identity => _identity?.Current;

    /// <summary>What is asked for in place of the host's name; null for that.</summary>
    public string? ServerName => _options.ServerName;

    /// <summary>Null, with or without a fault: without one the options leave everything to the system.</summary>
    public static ClientTls? TryCreate(
        ClientTlsOptions options, string prefix, TimeProvider time, ILogger logger, out CertificateFault? fault)
    {
        fault = null;
        if (options.IsDefault)
            return null;

        var ca = PemSource.Of(
            (prefix + ClientTlsSettings.CaFile, options.CaFile), (prefix + ClientTlsSettings.CaPem, options.CaPem), out fault);
        if (fault is not null)
            return null;
        var certificate = PemSource.Of(
            (prefix + ClientTlsSettings.CertFile, options.CertFile), (prefix + ClientTlsSettings.CertPem, options.CertPem), out fault);
        if (fault is not null)
            return null;
        var key = PemSource.Of(
            (prefix + ClientTlsSettings.KeyFile, options.KeyFile), (prefix + ClientTlsSettings.KeyPem, options.KeyPem), out fault);
        if (fault is not null)
            return null;
        if (certificate is null != key is null)
        {
            fault = certificate is null
                ? new(prefix + ClientTlsSettings.CertFile, $"is missing: a private key is set, so set the certificate it belongs to")
                : new(prefix + ClientTlsSettings.KeyFile, $"is missing: a certificate is set, so set its private key");
            return null;
        }

        Reloading<CertificateAuthorities>? authorities = null;
        if (ca is not null
            && !Reloading<CertificateAuthorities>.TryCreate(
                [ca], CertificateAuthorities.Load, options.ReloadInterval, time, logger, out authorities, out fault))
        {
            return null;
        }

        Reloading<IdentityCertificate>? identity = null;
        if (certificate is not null
            && !Reloading<IdentityCertificate>.TryCreate(
                [certificate, key!], IdentityCertificate.Load, options.ReloadInterval, time, logger, out identity, out fault))
        {
            return null;
        }

        return new ClientTls(options, time, authorities, identity);
    }

    /// <summary>Options for the connections of one identity.</summary>
    public SslClientAuthenticationOptions CreateOptions(IdentityCertificate? identity)
    {
        var options = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = _options.MinVersion.AndLater(),
            ClientCertificateContext = identity?.Context,
        };
        if (_options.SkipVerify || _authorities is not null)
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);
        return options;
    }

    /// <summary>Why a destination with this certificate is not trusted, or null.</summary>
    /// <param name="peer">What it shows.</param>
    /// <param name="chain">As the default validation built it.</param>
    /// <param name="errors">What that found.</param>
    public string? FindProblem(X509Certificate2 peer, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_options.SkipVerify)
            return null;
        if (_authorities is null)
            return DestinationTls.FindProblemAsSystem(peer, chain, errors);

        // The default validation has compared the names; its view of the chain is the system's, which is not asked here.
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? "it is for another host name"
            : _authorities.Current.FindProblem(peer, chain?.ChainPolicy.ExtraStore, PeerRole.Server, _time.GetUtcNow());
    }

    /// <summary>Throws instead of returning false: then the log has the reason.</summary>
    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_options.SkipVerify)
            return true;
        if (certificate is not X509Certificate2 peer)
            throw new AuthenticationException("The destination shows no certificate.");
        if (FindProblem(peer, chain, errors) is not { } problem)
            return true;
        throw new AuthenticationException($"The destination's certificate {CertificateText.Describe(peer)} is not trusted: {problem}.");
    }
}
