using System.Security.Cryptography;
using System.Text;
using Rotel.Configuration;
using Rotel.Otlp;

namespace Rotel.Sharing;

/// <summary>
/// Tells whether two processes that share an agent would send to the same places: the one that hands over sends where the holder does,
/// whatever its own settings say.
/// </summary>
internal static class AgentFingerprint
{
    private const int Bytes = 16;

    /// <summary>
    /// Of each exporter that something goes to its name, its type, the signals it takes, and its type's settings as people are shown them,
    /// so without anything secret: two keys for one place do not differ. Batches, queues and retries are left out. 32 hexadecimal digits.
    /// </summary>
    public static string Of(RotelPlan plan)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var exporter in plan.Exporters.OrderBy(exporter => exporter.Name, StringComparer.Ordinal))
        {
            Append("exporter", exporter.Name);
            Append("type", exporter.Type.Name);
            foreach (var signal in plan.SignalsOf(exporter))
                Append("signal", signal.Name());
            foreach (var row in exporter.Type.Settings.Where(row => !row.IsSecret))
            {
                if (row.Display(exporter.Options) is { } value)
                    Append(row.Name, value);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Bytes));

        void Append(string name, string value) => hash.AppendData(Encoding.UTF8.GetBytes($"{name}={value.Length}:{value}\n"));
    }
}
