using Microsoft.Extensions.Logging;

namespace Rotel.Receivers.Server;

/// <summary>
/// Puts Kestrel's log categories below <c>Rotel.Server</c>, so that one filter on <c>Rotel</c> holds everything that Rotel logs and the
/// host's filters on its own Kestrel are not involved, and bounds them (<see cref="ServerLogger"/>). The factory behind it stays its
/// owner's.
/// </summary>
internal sealed class ServerLoggerFactory(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    public const string Category = "Rotel.Server";

    private const string KestrelCategory = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName)
    {
        var category = categoryName.StartsWith(KestrelCategory, StringComparison.Ordinal)
            ? string.Concat(Category, categoryName.AsSpan(KestrelCategory.Length))
            : $"{Category}.{categoryName}";
        return new ServerLogger(inner.CreateLogger(category), time);
    }

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
    }
}
