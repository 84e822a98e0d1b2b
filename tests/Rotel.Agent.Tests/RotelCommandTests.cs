using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Rotel.TestKit;
using Rotel.TestKit.Certificates;

namespace Rotel.Agent.Tests;

/// <summary>The command as users meet it: a process with arguments, environment, output and exit code.</summary>
public sealed partial class RotelCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OnFreePorts_SaysWhereItListensAndStopsOnSigterm()
    {
        using var rotel = Start(
            [], "start", "--exporter=blackhole", "--otlp-grpc-endpoint", "127.0.0.1:0", "--otlp-http-endpoint=127.0.0.1:0");

        var line = await Watchdog.WaitAsync(rotel.StandardOutput.ReadLineAsync(Cancellation).AsTask(), "readiness line", Cancellation);
        var ready = Readiness().Match(line ?? "");
        Assert.True(ready.Success, line);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, int.Parse(ready.Groups["http"].Value, null), Cancellation);

        Assert.Equal(0, Kill(rotel.Id, Sigterm));
        Assert.Equal("", await rotel.StandardOutput.ReadToEndAsync(Cancellation));
        Assert.Equal(0, await ExitCodeOf(rotel));
    }

    [Fact]
    public async Task Start_Secured_SaysWhereItListensAndKeepsItsSecrets()
    {
        using var files = new TestFiles();
        using var authority = TestAuthority.CreateRoot();
        var issued = authority.Issue("collector");
        var socket = files.PathOf("otlp.sock");
        using var rotel = Start(
            [
                $"ROTEL_OTLP_TLS_KEY_PEM={issued.KeyPem}", $"ROTEL_OTLP_BEARER_TOKEN_FILE={files.Write("token", "canary-t0ken\n")}",
                "ROTEL_OTLP_BASIC_AUTH=alice=canary-p4ssword",
            ],
            "start",
            "--exporter=blackhole",
            "--otlp-grpc-endpoint=127.0.0.1:0",
            $"--otlp-http-endpoint=unix:{socket}",
            "--status-endpoint=127.0.0.1:0",
            $"--otlp-tls-cert-file={files.Write("tls.crt", issued.Pem)}");

        var line = await Watchdog.WaitAsync(rotel.StandardOutput.ReadLineAsync(Cancellation).AsTask(), "readiness line", Cancellation);
        Assert.Matches(
            @"^rotel is ready: otlp grpc https://127\.0\.0\.1:[1-9]\d*, otlp http unix:.*/otlp\.sock, "
                + @"status http://127\.0\.0\.1:[1-9]\d*/rotel/status$",
            line);
        using (var client = new HttpClient())
        {
            var status = await client.GetStringAsync(new Uri(line!.Split("status ")[1]), Cancellation);
            Assert.Contains("\"state\": \"running\"", status, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", status, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(socket));

        Assert.Equal(0, Kill(rotel.Id, Sigterm));
        var everything = line + await rotel.StandardOutput.ReadToEndAsync(Cancellation)
            + await rotel.StandardError.ReadToEndAsync(Cancellation);
        Assert.Equal(0, await ExitCodeOf(rotel));
        Assert.False(File.Exists(socket));
        Assert.DoesNotContain("canary", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(issued.KeyPem.Split('\n')[1], everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithErrors_ListsThemAllAndExitsWith2()
    {
        using var rotel = Start(["ROTEL_DRAIN_TIMEOUT=5", "ROTEL_BATCH_TIMOUT=1s"], "start", "--exporter=blackhole");

        var lines = (await rotel.StandardError.ReadToEndAsync(Cancellation))
            .Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, await ExitCodeOf(rotel));
        Assert.Collection(
            lines,
            line => Assert.StartsWith("Rotel:DrainTimeout (ROTEL_DRAIN_TIMEOUT): expected a duration", line, StringComparison.Ordinal),
            line => Assert.StartsWith("ROTEL_BATCH_TIMOUT: is not a setting of Rotel", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithItsPortInUse_ExitsWith1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var rotel = Start(
            [], "start", "--exporter=blackhole", $"--otlp-grpc-endpoint={taken.LocalEndpoint}", "--otlp-http-endpoint=127.0.0.1:0");

        Assert.Contains("Rotel cannot start", await rotel.StandardError.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(1, await ExitCodeOf(rotel));
    }

    [Fact]
    public async Task Start_SwitchedOff_ExitsWith0()
    {
        using var rotel = Start(["ROTEL_ENABLED=false"], "start", "--drain-timeout=5");

        Assert.Equal("", await rotel.StandardOutput.ReadToEndAsync(Cancellation));
        Assert.Equal(0, await ExitCodeOf(rotel));
    }

    [Fact]
    public async Task Validate_PrintsWhatIsInForceWithoutSecrets()
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var exit = await RotelCommand.RunAsync(
            [
                "validate", "--exporters=vendor:otlp", "--exporter-vendor-endpoint=https://otlp.example.com/?key=s3cr3t",
                "--exporter-vendor-custom-headers=x-api-key=s3cr3t", "--batch-timeout=1s",
            ],
            output,
            error);

        Assert.Equal(0, exit);
        Assert.Contains("ROTEL_BATCH_TIMEOUT=1s", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("ROTEL_EXPORTER_VENDOR_CUSTOM_HEADERS=x-api-key=***", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("ROTEL_EXPORTER_VENDOR_ENDPOINT=https://otlp.example.com?***", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", output.ToString() + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_WithErrors_ExitsWith2()
    {
        var error = new StringWriter();

        Assert.Equal(2, await RotelCommand.RunAsync(["validate", "--exporter=awsxray"], new StringWriter(), error));
        Assert.Contains("awsxray is not supported", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "--otlp-exporter-endpoint")]
    [InlineData("--version", "rotel 0.1.0")]
    public async Task HelpAndVersion_AreWrittenToOutput(string argument, string expected)
    {
        var output = new StringWriter();

        Assert.Equal(0, await RotelCommand.RunAsync([argument], output, new StringWriter()));
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("stop")]
    public async Task Command_Unknown_ExitsWith2(params string[] arguments)
    {
        var error = new StringWriter();

        Assert.Equal(2, await RotelCommand.RunAsync(arguments, new StringWriter(), error));
        Assert.Contains("rotel start", error.ToString(), StringComparison.Ordinal);
    }

    private const int Sigterm = 15;

    private static Process Start(string[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(RotelCommand).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ROTEL_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var variable in environment)
            start.Environment[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        return Process.Start(start)!;
    }

    private static async Task<int> ExitCodeOf(Process process)
    {
        await Watchdog.WaitAsync(process.WaitForExitAsync(Cancellation), "exit of rotel", Cancellation);
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [GeneratedRegex(@"^rotel is ready: otlp grpc http://127\.0\.0\.1:(?<grpc>[1-9]\d*), otlp http http://127\.0\.0\.1:(?<http>[1-9]\d*)$")]
    private static partial Regex Readiness();
}
