using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Certificates;
using Rotel.Pipelines;
using Rotel.Receivers.Server;

namespace Rotel.Receivers.Security;

/// <summary>
/// TLS and mutual TLS of the listeners. Each handshake takes the certificate and the authorities that are the newest at that moment, so that
/// they can be replaced while connections come and go.
/// </summary>
internal sealed class ListenerTls
{
    private readonly Reloading<IdentityCertificate> _identity;
    private readonly Reloading<CertificateAuthorities>? _clientAuthorities;
    private readonly SslProtocols _protocols;
    private readonly TimeProvider _time;

    private ListenerTls(
        Reloading<IdentityCertificate> identity, Reloading<CertificateAuthorities>? clientAuthorities, TlsVersion minVersion, TimeProvider time)
    {
        _identity = identity;
        _clientAuthorities = clientAuthorities;
        _protocols = minVersion.AndLater();
        _time = time;
    }

    /// <summary>Loads everything; null with faults when something is wrong with it, null without one when TLS is off.</summary>
    public static ListenerTls? Load(ListenerTlsOptions options, TimeProvider time, ILogger logger, ICollection<CertificateFault> faults)
    {
        if (!options.IsOn)
            return null;

        var before = faults.Count;
        var certificate = SourceOf("otlp_tls_cert", options.CertificateFile, options.CertificatePem);
        var key = SourceOf("otlp_tls_key", options.KeyFile, options.KeyPem);
        var clientAuthorities = SourceOf("otlp_tls_client_ca", options.ClientCaFile, options.ClientCaPem);
        if (certificate is null)
            faults.Add(new("otlp_tls_cert_file", "is missing: TLS needs the listeners' own certificate and its key"));
        if (key is null)
            faults.Add(new("otlp_tls_key_file", "is missing: TLS needs the private key of the listeners' certificate"));

        var identity = certificate is null || key is null ? null : Create<IdentityCertificate>([certificate, key], IdentityCertificate.Load);
        var authorities = clientAuthorities is null ? null : Create<CertificateAuthorities>([clientAuthorities], CertificateAuthorities.Load);
        return faults.Count > before ? null : new ListenerTls(identity!, authorities, options.MinVersion, time);

        PemSource? SourceOf(string name, string? file, string? pem)
        {
            var source = PemSource.Of(($"{name}_file", file), ($"{name}_pem", pem), out var fault);
            if (fault is not null)
                faults.Add(fault);
            return source;
        }

        Reloading<T>? Create<T>(IReadOnlyList<PemSource> sources, PemLoader<T> load)
            where T : class
        {
            if (!Reloading<T>.TryCreate(sources, load, options.ReloadInterval, time, logger, out var reloading, out var fault))
                faults.Add(fault);
            return reloading;
        }
    }

    /// <summary>What is wrong with the options and their files, for a check of the configuration before anything runs.</summary>
    public static IReadOnlyCollection<CertificateFault> FindFaults(ListenerTlsOptions options, TimeProvider time)
    {
        var faults = new List<CertificateFault>();
        Load(options, time, NullLogger.Instance, faults);
        return faults;
    }

    /// <summary>Speaks TLS on an endpoint; what is used after it sees the decrypted bytes.</summary>
    public void Use(ListenOptions listen, ConnectionLog log)
    {
        listen.Use(next => connection => WatchAsync(next, connection, log));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = context => ValueTask.FromResult(OptionsFor(context.Connection)),
        });
        listen.Use(next => connection =>
        {
            connection.Features.GetRequiredFeature<TlsAttempt>().IsDone = true;
            return next(connection);
        });
    }

    private static async Task WatchAsync(ConnectionDelegate next, ConnectionContext connection, ConnectionLog log)
    {
        var attempt = new TlsAttempt();
        connection.Features.Set(attempt);
        await next(connection).ConfigureAwait(false);
        if (attempt.IsDone)
            return;

        if (attempt.CertificateProblem is { } problem)
            log.Refused(ConnectionRefusal.ClientCertificate, connection.RemoteEndPoint, problem);
        else if (attempt.HasHello)
            log.Refused(ConnectionRefusal.Handshake, connection.RemoteEndPoint, "it may not trust the certificate, or have no version of TLS in common");
        else
            log.Refused(ConnectionRefusal.NotTls, connection.RemoteEndPoint, "it sent plain text, or nothing, where TLS is spoken");
    }

    /// <summary>For one handshake. The application protocols are added by Kestrel, from those of the endpoint.</summary>
    private SslServerAuthenticationOptions OptionsFor(ConnectionContext connection)
    {
        var attempt = connection.Features.GetRequiredFeature<TlsAttempt>();
        attempt.HasHello = true;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _identity.Current.Context,
            EnabledSslProtocols = _protocols,
            AllowRenegotiation = false,
        };
        if (_clientAuthorities is null)
            return options;

        // A resumed session holds the client's own certificate without the intermediates that it sent along, and so would not verify.
        options.AllowTlsResume = false;
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = _clientAuthorities.Current.CreatePolicy(PeerRole.Client, _time.GetUtcNow());
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            attempt.CertificateProblem = FindProblem(certificate, chain, errors);
            return attempt.CertificateProblem is null;
        };
        return options;
    }

    private static string? FindProblem(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown)
            return "it showed no certificate";
        if (errors == SslPolicyErrors.None)
            return null;
        var reason = chain is null || !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? errors.ToString()
            : CertificateAuthorities.Explain(chain);
        return $"{CertificateText.Describe(shown)}: {reason}";
    }
}
