using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rotel.DiskLog;

/// <summary>
/// A reader's name as the name of a file: whatever is no small letter, digit, <c>-</c> or <c>_</c> is written as its bytes, capitals too, for not every file
/// system tells them from small ones. A long name is cut and ends with its hash.
/// </summary>
internal static class ReaderKey
{
    private const int MaxLength = 150;
    private const int HashBytes = 16;

    public static string Of(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var key = new StringBuilder();
        foreach (var value in bytes)
        {
            if (value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_')
                key.Append((char)value);
            else
                key.Append(CultureInfo.InvariantCulture, $"%{value:x2}");
        }

        if (key.Length <= MaxLength)
            return key.ToString();
        key.Length = MaxLength - 1 - (2 * HashBytes);
        return key.Append('~').Append(Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, HashBytes))).ToString();
    }
}
