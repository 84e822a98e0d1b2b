using System.Diagnostics;
using Rotel.TestKit;

namespace Rotel.EndToEnd.JavaScript;

/// <summary>
/// The programs of <c>tests/Rotel.JavaScript</c>, their packages installed once per run. Needs Node.js and npm; the browser ones need a
/// Chromium as well.
/// </summary>
public sealed class JavaScriptClients : IAsyncLifetime
{
    private static readonly string[] Browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private static string Folder => Path.Combine(Checkout.Root, "tests", "Rotel.JavaScript");

    public async ValueTask InitializeAsync()
    {
        // Several test projects use the packages, each in a process of its own, and may begin at the same time.
        await using var mine = await LockAsync();
        var installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
        var wanted = Path.Combine(Folder, "package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(wanted))
            return;

        await using var npm = Start("npm", "ci", "--no-progress");
        var exitCode = await npm.ExitAsync(TimeSpan.FromMinutes(5));
        Assert.True(exitCode == 0, $"npm ci failed:\n{string.Join('\n', npm.Lines)}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts a script in Node.js.</summary>
    internal static ChildProcess Node(string script, params ReadOnlySpan<string> arguments) => Start("node", [script, .. arguments]);

    /// <summary>A Chromium on the path, or the one that <c>ROTEL_TEST_BROWSER</c> names.</summary>
    internal static string Browser()
    {
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return Environment.GetEnvironmentVariable("ROTEL_TEST_BROWSER")
            ?? Browsers.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                $"These tests need Chromium: install one of {string.Join(", ", Browsers)}, or name another in ROTEL_TEST_BROWSER.");
    }

    private static async Task<FileStream> LockAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), "rotel-javascript.lock");
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await again.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    private static ChildProcess Start(string program, params ReadOnlySpan<string> arguments)
    {
        try
        {
            return new ChildProcess(
                new ProcessStartInfo(program, arguments.ToArray()) { WorkingDirectory = Folder }, new Dictionary<string, string>());
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"These tests need Node.js and npm; '{program}' was not found on the path.", exception);
        }
    }
}
