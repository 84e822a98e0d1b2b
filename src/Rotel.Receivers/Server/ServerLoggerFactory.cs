using Microsoft.Extensions.Logging;

namespace Rotel.Receivers.Server;

/// <summary>
/// Puts Kestrel's log categories below <c>Rotel.Server</c>, so that one filter on <c>Rotel</c> holds everything that Rotel logs and the
/// host's filters on its own Kestrel are not involved. The factory behind it stays its owner's.
/// </summary>
internal sealed class ServerLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public const string Category = "Rotel.Server";

    private const string KestrelCategory = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName) => inner.CreateLogger(
        categoryName.StartsWith(KestrelCategory, StringComparison.Ordinal)
            ? string.Concat(Category, categoryName.AsSpan(KestrelCategory.Length))
            : $"{Category}.{categoryName}");

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
    }
}
