using System.Net;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Addresses of peers in statistics, where each would be a group of its own: <c>blocked-ip-address</c> stands for every IP address, its
/// port stays, and of hosts that so become the same one is told
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/obfuscate/ip_address.go). Names stay as they are.
/// </summary>
internal static class PeerAddress
{
    /// <summary>Hosts of one list that are compared with each other; more are told as they come.</summary>
    private const int MaxCompared = 32;

    private static readonly byte[][] Schemes = [[.. "http:/"u8], [.. "https:/"u8], [.. "ftp:/"u8], [.. "file:/"u8], [.. "dnspoll:/"u8]];

    private static ReadOnlySpan<byte> Blocked => "blocked-ip-address"u8;

    /// <summary>Appends one host, or several with commas between.</summary>
    public static void Write(ReadOnlySpan<byte> hosts, PooledBytes text)
    {
        if (!hosts.Contains((byte)','))
        {
            WriteHost(hosts, text);
            return;
        }

        Span<Range> known = stackalloc Range[MaxCompared];
        var count = 0;
        var first = text.Length;
        foreach (var range in hosts.Split((byte)','))
        {
            var before = text.Length;
            if (before > first)
                text.WriteByte((byte)',');
            var start = text.Length;
            WriteHost(hosts[range], text);
            if (IsKnown(text.Span, known[..count], text.Span[start..]))
                text.Length = before;
            else if (count < MaxCompared)
                known[count++] = start..text.Length;
        }
    }

    private static bool IsKnown(ReadOnlySpan<byte> text, ReadOnlySpan<Range> known, ReadOnlySpan<byte> host)
    {
        foreach (var range in known)
        {
            if (text[range].SequenceEqual(host))
                return true;
        }

        return false;
    }

    private static void WriteHost(ReadOnlySpan<byte> host, PooledBytes text)
    {
        var prefix = PrefixLength(host);
        var address = AddressOf(host[prefix..], out var port);
        var length = AddressLength(address);
        if (length == 0 || IsOfThisMachine(address[..length]))
        {
            text.Write(host);
            return;
        }

        text.Write(host[..prefix]);
        text.Write(Blocked);
        if (!port.IsEmpty)
        {
            text.WriteByte((byte)':');
            text.Write(port);
        }

        text.Write(address[length..]);
    }

    /// <summary>Of a scheme with its slashes, or of <c>ip-</c> in names of EC2.</summary>
    private static int PrefixLength(ReadOnlySpan<byte> host)
    {
        if (host.StartsWith("ip-"u8))
            return "ip-"u8.Length;
        foreach (var scheme in Schemes)
        {
            if (!host.StartsWith(scheme))
                continue;
            var slashes = host[(scheme.Length - 1)..].IndexOfAnyExcept((byte)'/');
            slashes = Math.Min(slashes < 0 ? host.Length - scheme.Length + 1 : slashes, 3);
            return slashes < 2 ? 0 : scheme.Length - 1 + slashes;
        }

        return 0;
    }

    /// <summary>Of <c>1.2.3.4:80</c> and <c>[::1]:80</c>; all of it where there is no port.</summary>
    private static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> host, out ReadOnlySpan<byte> port)
    {
        var colon = host.LastIndexOf((byte)':');
        port = colon < 0 ? default : host[(colon + 1)..];
        var address = colon < 0 ? host : host[..colon];
        if (colon > 1 && host[0] == '[' && host[colon - 1] == ']')
            return address[1..^1];
        if (colon >= 0 && !address.Contains((byte)':'))
            return address;
        port = default;
        return host;
    }

    /// <summary>0 for a name.</summary>
    private static int AddressLength(ReadOnlySpan<byte> host)
    {
        var mark = host.IndexOfAny("._-:%"u8);
        return mark < 0 || host[mark] == '%' ? 0
            : host[mark] != ':' ? OctetsLength(host, host[mark])
            : IPAddress.IsValidUtf8(host) ? host.Length : 0;
    }

    /// <summary>Of four numbers up to 255 with one mark between, whatever follows them.</summary>
    private static int OctetsLength(ReadOnlySpan<byte> host, byte mark)
    {
        var at = 0;
        for (var octet = 0; octet < 4; octet++)
        {
            var start = at;
            var number = 0;
            for (; at < host.Length && host[at] is >= (byte)'0' and <= (byte)'9' && number <= byte.MaxValue; at++)
                number = (number * 10) + host[at] - '0';
            if (at == start || number > byte.MaxValue || (host[start] == '0' && at - start > 1))
                return 0;
            if (octet == 3)
                break;
            if (at == host.Length || host[at++] != mark)
                return 0;
        }

        return at;
    }

    /// <summary>Local ones, and those at which every cloud has its metadata, tell of no peer.</summary>
    private static bool IsOfThisMachine(ReadOnlySpan<byte> address) =>
        address.SequenceEqual("127.0.0.1"u8) || address.SequenceEqual("::1"u8) || address.SequenceEqual("169.254.169.254"u8)
        || address.SequenceEqual("169.254.170.2"u8) || address.SequenceEqual("fd00:ec2::254"u8);
}
