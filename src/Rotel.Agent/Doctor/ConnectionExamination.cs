using System.Net;
using System.Net.Sockets;
using Rotel.Destinations;
using Rotel.Exporters.Http;

namespace Rotel.Agent.Doctor;

/// <summary>Looks into the way to one destination: its addresses, a connection to each, TLS over the first that is there.</summary>
/// <param name="destination">Where to.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Told each step, without its subject.</param>
internal sealed class ConnectionExamination(ExporterDestination destination, TimeProvider time, Func<DoctorStep, Task> report)
{
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Returns whether it can be reached.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var proxy = ProxyUrl();
        var (host, port) = proxy is null ? (destination.Host, destination.Port) : (proxy.IdnHost, proxy.Port);
        if (proxy is not null)
        {
            await AddAsync("proxy", StepStatus.Ok, $"{destination} is reached through {PeerText.Show(proxy).TrimEnd('/')}")
                .ConfigureAwait(false);
        }

        if (await ResolveAsync(host, cancellationToken).ConfigureAwait(false) is not { } addresses)
            return false;
        if (await ConnectAsync(addresses, port, cancellationToken).ConfigureAwait(false) is not { } reached)
            return false;
        if (destination.HasForeignTls)
        {
            await AddAsync("tls", StepStatus.Skipped, "its client does TLS by itself; what is wrong with it shows below")
                .ConfigureAwait(false);
        }

        return destination.Tls is not { } tls
            || await new TlsExamination(destination, tls, proxy is null ? reached : null, time, report).RunAsync(cancellationToken)
                .ConfigureAwait(false);
    }

    private Uri? ProxyUrl() => destination.Proxy is { } proxy && !proxy.IsBypassed(destination.Url)
        && proxy.GetProxy(destination.Url) is { } url && url != destination.Url ? url : null;

    private async Task<IPAddress[]?> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        using var timeout = new CancellationTokenSource(ResolveTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var started = time.GetTimestamp();
        string problem;
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, either.Token).ConfigureAwait(false);
            if (addresses.Length > 0)
            {
                var count = addresses.Length == 1 ? "" : $"{addresses.Length} addresses: ";
                await AddAsync("resolve", StepStatus.Ok, $"{host} is {count}{string.Join<IPAddress>(", ", addresses)}", null, started)
                    .ConfigureAwait(false);
                return addresses;
            }

            problem = "it has no address";
        }
        catch (SocketException exception)
        {
            problem = exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = $"the name server did not answer within {ResolveTimeout.TotalSeconds:0} s";
        }

        await AddAsync(
            "resolve", StepStatus.Failed, $"{host} cannot be resolved: {problem.TrimEnd('.')}",
            "Check the spelling of the host, and that this machine's name server knows it.", started).ConfigureAwait(false);
        return null;
    }

    /// <summary>One address that works is enough; those that do not cost the exporter time, and are worth a warning.</summary>
    private async Task<IPEndPoint?> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        IPEndPoint? reached = null;
        var failed = new List<DoctorStep>();
        foreach (var address in addresses.Distinct())
        {
            var endpoint = new IPEndPoint(address, port);
            var started = time.GetTimestamp();
            if (await TryConnectAsync(endpoint, cancellationToken).ConfigureAwait(false) is { } error)
            {
                failed.Add(new(
                    "", "connect", StepStatus.Failed, $"{endpoint}: {error.Problem}", error.Advice, time.GetElapsedTime(started)));
                continue;
            }

            reached ??= endpoint;
            await AddAsync("connect", StepStatus.Ok, $"{endpoint}", null, started).ConfigureAwait(false);
        }

        foreach (var step in failed)
            await report(reached is null ? step : step with { Status = StepStatus.Warning, Advice = null }).ConfigureAwait(false);
        return reached;
    }

    private async Task<(string Problem, string Advice)?> TryConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(destination.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, either.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException exception)
        {
            return (exception.Message, exception.SocketErrorCode == SocketError.ConnectionRefused
                ? "The machine is there, and nothing listens on that port: check the port, and that the destination runs."
                : "Check the address, the route to it, and firewalls.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (
                $"no answer within {destination.ConnectTimeout.TotalSeconds:0.###} s",
                "A firewall may swallow the packets, or the machine is down.");
        }
    }

    private Task AddAsync(string name, StepStatus status, string found, string? advice = null, long? started = null) =>
        report(new("", name, status, found, advice, started is { } since ? time.GetElapsedTime(since) : null));
}
