using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Certificates;
using Rotel.Configuration;
using Rotel.Exporters.Http;
using Rotel.Logging;
using Rotel.Receivers.Server;
using Rotel.Settings;
using Rotel.Sharing;

namespace Rotel.Agent.Doctor;

/// <summary>Looks at what <c>rotel start</c> needs of this machine: ports, files, memory, the listeners' certificate.</summary>
internal sealed class MachineExamination(RotelPlan plan, DoctorReport report)
{
    private const string Subject = "this machine";
    private const int FewDays = 14;

    private readonly RotelOptions _options = plan.Options;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var warning in plan.Warnings)
            await AddAsync("settings", StepStatus.Warning, warning.TrimEnd('.')).ConfigureAwait(false);
        if (_options.Receivers.HasOtlp)
        {
            foreach (var endpoint in ReceiverSettings.ListenersOf(_options.Otlp))
                await ListenAsync(endpoint, cancellationToken).ConfigureAwait(false);
            await DescribeCertificateAsync().ConfigureAwait(false);
        }

        if (_options.StatusEndpoint is { } status && ListenEndpoint.TryParse(status, out var operation, out _))
            await ListenAsync(operation, cancellationToken).ConfigureAwait(false);
        await DescribeLogFileAsync().ConfigureAwait(false);
        await DescribePidFileAsync().ConfigureAwait(false);
        await DescribeMemoryAsync().ConfigureAwait(false);
    }

    private async Task ListenAsync(ListenEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var socket in await endpoint.BindAsync(_options.Otlp.UnixSocketMode, cancellationToken).ConfigureAwait(false))
                socket.Dispose();
            await AddAsync("listen", StepStatus.Ok, $"{endpoint} is free").ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            var holder = endpoint is TcpListenEndpoint tcp ? PortHolder.Find(tcp.Port) : null;
            await AddAsync(
                "listen", plan.AgentFile is not null ? StepStatus.Warning : StepStatus.Failed,
                $"{endpoint} is taken{(holder is null ? "" : $" by {holder}")}",
                "If that is a Rotel that runs already, this is no fault. Otherwise stop it, or name another port in ROTEL_OTLP_GRPC_ENDPOINT, "
                    + "ROTEL_OTLP_HTTP_ENDPOINT or ROTEL_STATUS_ENDPOINT.")
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            await AddAsync(
                "listen", StepStatus.Failed, $"{endpoint} cannot be listened on: {exception.Message.TrimEnd('.')}",
                "Use an address of this machine and a port or path that this process may use.").ConfigureAwait(false);
        }
    }

    private async Task DescribeCertificateAsync()
    {
        var tls = _options.Otlp.Tls;
        if (!tls.IsOn)
            return;
        var certificate = PemSource.Of(("otlp_tls_cert_file", tls.CertificateFile), ("otlp_tls_cert_pem", tls.CertificatePem), out _);
        var key = PemSource.Of(("otlp_tls_key_file", tls.KeyFile), ("otlp_tls_key_pem", tls.KeyPem), out _);
        if (certificate is null || key is null || !Reloading<IdentityCertificate>.TryCreate(
            [certificate, key], IdentityCertificate.Load, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance, out var identity, out _))
        {
            return;
        }

        var days = (int)(identity.Current.Leaf.NotAfter.ToUniversalTime() - TimeProvider.System.GetUtcNow()).TotalDays;
        await AddAsync(
            "tls", days < FewDays ? StepStatus.Warning : StepStatus.Ok,
            $"the listeners show {PeerText.Clean(identity.Current.Leaf.Subject)}, which expires in {days} days",
            days < FewDays ? "Renew it; its file is read again while Rotel runs." : null).ConfigureAwait(false);
    }

    private async Task DescribeLogFileAsync()
    {
        if (_options.Log.File is not { } path)
            return;
        using var file = new LogFile(path, TimeProvider.System);
        var problem = file.TryOpen();
        await AddAsync(
            "log", problem is null ? StepStatus.Ok : StepStatus.Failed, problem ?? $"{Path.GetFullPath(path)} can be written",
            problem is null ? null : "Name another file with ROTEL_LOG_FILE, or give this process the right to write it.")
                .ConfigureAwait(false);
    }

    /// <summary>Makes nothing; a Rotel that starts while the lock is tried finds it free at its next look.</summary>
    private async Task DescribePidFileAsync()
    {
        if (plan.AgentFile is not { } path)
            return;
        try
        {
            using var file = AgentFile.OpenExisting(path);
            await AddAsync(
                "pid_file", StepStatus.Ok,
                file is null ? $"{path} would be made"
                    : file.IsLocked ? $"{path} is there, and no Rotel runs that holds it"
                    : file.Read() is { } holder ? $"{path} is held by {holder}"
                    : $"{path} is held by a Rotel that has not said where it is yet").ConfigureAwait(false);
        }
        catch (AgentFileException exception)
        {
            await AddAsync("pid_file", StepStatus.Failed, exception.Problem, "Or name another file with ROTEL_PID_FILE.").ConfigureAwait(false);
        }
    }

    private async Task DescribeMemoryAsync()
    {
        var limit = _options.EffectiveMemoryLimit;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var isTooMuch = limit > available / 2;
        await AddAsync(
            "memory", isTooMuch ? StepStatus.Warning : StepStatus.Ok,
            $"telemetry may take {Show(limit)} of the {Show(available)} that this process may use",
            isTooMuch ? "That leaves little for everything else; set a smaller ROTEL_MEMORY_LIMIT." : null).ConfigureAwait(false);
    }

    private static string Show(long bytes) => SettingForms.ByteSize.Write(bytes >= 1 << 20 ? bytes >> 20 << 20 : bytes);

    private Task AddAsync(string name, StepStatus status, string found, string? advice = null) =>
        report.AddAsync(new(Subject, name, status, found, advice));
}
