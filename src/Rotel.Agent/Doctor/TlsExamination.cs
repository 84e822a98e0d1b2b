using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rotel.Destinations;
using Rotel.Exporters.Http;

namespace Rotel.Agent.Doctor;

/// <summary>
/// One handshake with a destination as its exporter would make it, but for going on with a certificate that is not trusted, so that all can
/// be told about it. No request is sent.
/// </summary>
/// <param name="destination">With whom.</param>
/// <param name="tls">How.</param>
/// <param name="address">Where it is connected to; null through its proxy.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Told each step, without its subject.</param>
internal sealed class TlsExamination(
    ExporterDestination destination, DestinationTls tls, IPEndPoint? address, TimeProvider time, Func<DoctorStep, Task> report)
{
    /// <summary>How early somebody should know.</summary>
    private const int FewDays = 14;

    private X509Certificate2? _shown;
    private string? _problem;
    private bool _wantsIdentity;
    private SslProtocols _version;

    /// <summary>Returns whether it can be talked to.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(destination.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var started = time.GetTimestamp();
        string? failure = null;
        try
        {
            await (address is null ? ShakeHandsThroughProxyAsync(either.Token) : ShakeHandsAsync(address, either.Token))
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException or HttpRequestException)
        {
            failure = HttpFailure.Describe(exception, destination.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            failure = $"no answer within {destination.ConnectTimeout.TotalSeconds:0.###} s";
        }

        var took = time.GetElapsedTime(started);
        if (failure is not null && _shown is null)
        {
            await report(new(
                "", "tls", StepStatus.Failed, failure,
                "Perhaps it speaks no TLS at this port: then the endpoint begins with http://. Otherwise its versions of TLS may be "
                    + "others.",
                took)).ConfigureAwait(false);
            return false;
        }

        await report(Describe(failure, took)).ConfigureAwait(false);
        await DescribeIdentityAsync().ConfigureAwait(false);
        return failure is null && (_problem is null || tls.TrustsAnything);
    }

    private async Task ShakeHandsAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        var stream = new SslStream(new NetworkStream(socket));
        await using (stream.ConfigureAwait(false))
        {
            await stream.AuthenticateAsClientAsync(CreateOptions(), cancellationToken).ConfigureAwait(false);
            _version = stream.SslProtocol;
        }
    }

    /// <summary>The handler knows all kinds of proxies; it is stopped between the handshake and the request.</summary>
    private async Task ShakeHandsThroughProxyAsync(CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            Proxy = destination.Proxy,
            SslOptions = CreateOptions(),
            PlaintextStreamFilter = (filter, _) =>
            {
                _version = (filter.PlaintextStream as SslStream)?.SslProtocol ?? SslProtocols.None;
                throw new HandshakeDoneException();
            },
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, destination.Url);
        try
        {
            using var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.GetBaseException() is HandshakeDoneException)
        {
            // That was all.
        }
    }

    private SslClientAuthenticationOptions CreateOptions()
    {
        var options = tls.CreateOptions();
        options.TargetHost ??= destination.Host;
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Look(certificate, chain, errors);
        if (tls.Identity is null)
        {
            options.LocalCertificateSelectionCallback = (_, _, _, peer, issuers) =>
            {
                _wantsIdentity |= peer is not null || issuers.Length > 0;
                return null!;
            };
        }

        return options;
    }

    /// <summary>Keeps what is shown and what the exporter would think of it, and goes on.</summary>
    private bool Look(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 peer)
            return false;
        _shown = X509CertificateLoader.LoadCertificate(peer.RawData);
        _problem = tls.FindProblem(peer, chain, errors);
        return true;
    }

    private DoctorStep Describe(string? failure, TimeSpan took)
    {
        if (_shown is not { } certificate)
            return new("", "tls", StepStatus.Failed, "it shows no certificate", null, took);

        var days = DaysLeft(certificate);
        var version = _version == SslProtocols.None ? "" : $"{Name(_version)}, ";
        var found = $"{version}certificate of {PeerText.Clean(certificate.Subject)}, issued by {PeerText.Clean(certificate.Issuer)}, "
            + Expiry(days);
        if (_problem is { } problem)
        {
            return tls.TrustsAnything
                ? new("", "tls", StepStatus.Warning, $"{found}; it would not be trusted ({problem}), but verification is off", null, took)
                : new("", "tls", StepStatus.Failed, $"{found}; it is not trusted: {problem}", AdviceFor(problem), took);
        }

        if (failure is not null)
            return new("", "tls", StepStatus.Failed, $"{found}; then: {failure}", _wantsIdentity ? IdentityAdvice : null, took);
        if (_wantsIdentity)
            return new("", "tls", StepStatus.Warning, $"{found}; it asks for a client certificate, and none is set", IdentityAdvice, took);
        return tls.TrustsAnything
            ? new("", "tls", StepStatus.Warning, $"{found}; verification is off (tls_skip_verify)", null, took)
            : new("", "tls", days < FewDays ? StepStatus.Warning : StepStatus.Ok, found, null, took);
    }

    private const string IdentityAdvice = "If it insists, set tls_cert_file and tls_key_file of the exporter.";

    private async Task DescribeIdentityAsync()
    {
        if (tls.Identity is not { } own)
            return;
        var days = DaysLeft(own);
        await report(new(
            "", "identity", days < FewDays ? StepStatus.Warning : StepStatus.Ok,
            $"shows itself as {PeerText.Clean(own.Subject)}, {Expiry(days)}")).ConfigureAwait(false);
    }

    private int DaysLeft(X509Certificate2 certificate) =>
        (int)Math.Floor((certificate.NotAfter.ToUniversalTime() - time.GetUtcNow()).TotalDays);

    private static string Expiry(int days) => days switch
    {
        < 0 => $"expired {-days} day{(days == -1 ? "" : "s")} ago",
        0 => "expires today",
        1 => "expires tomorrow",
        _ => $"expires in {days} days",
    };

    private static string AdviceFor(string problem) => problem switch
    {
        _ when problem.Contains("host name", StringComparison.Ordinal) =>
            "Use the name that the certificate is for in the endpoint, or set it as tls_server_name.",
        _ when problem.Contains("authority", StringComparison.Ordinal) =>
            "Name the authority's root in tls_ca_file of the exporter, if it is the one that is meant to be there.",
        _ when problem.Contains("expired", StringComparison.Ordinal) =>
            "Who runs the destination must renew it; check this machine's clock, too.",
        _ => "Who runs the destination must replace it.",
    };

    private static string Name(SslProtocols version) => version switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => version.ToString(),
    };

    /// <summary>Ends a connection that has served its purpose.</summary>
    private sealed class HandshakeDoneException : Exception;
}
