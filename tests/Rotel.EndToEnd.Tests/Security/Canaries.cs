using System.Text;

namespace Rotel.EndToEnd.Security;

/// <summary>
/// Secrets that are told apart, each by a part of its own which is searched for: so that half of one, or one escaped as in a URL, is found
/// like a whole one. Also found is what is left of that part in Base64, wherever it begins within the bytes.
/// </summary>
internal sealed class Canaries
{
    private const int LeastBase64 = 10;

    /// <summary>Long enough not to be there by chance, and found where no more than this is shown.</summary>
    private const int SearchedLength = 14;

    private readonly Dictionary<string, string> _placeOfPart = [];

    /// <summary>A new secret of visible ASCII, in which some characters must be escaped in a URL.</summary>
    /// <param name="place">Where it is put, for a finding to tell.</param>
    public string Create(string place) => $"{NewPart(place)}/s=cr%t+word";

    /// <summary>A new secret that a code of lower-case words could be.</summary>
    public string CreateWord(string place) => NewPart(place) + "_word";

    /// <summary>A secret from elsewhere, found by a part of it.</summary>
    public void Add(string place, string part) => _placeOfPart.Add(part, place);

    /// <summary>What of all secrets is in a text: the places they were put.</summary>
    public IEnumerable<string> FindIn(string text) => _placeOfPart.Where(canary => IsIn(text, canary.Key)).Select(canary => canary.Value);

    /// <summary>Letters alone, and none of them rare, so that nothing escapes any.</summary>
    private string NewPart(string place)
    {
        var number = _placeOfPart.Count;
        var random = string.Concat(Guid.NewGuid().ToByteArray().Select(value => Letter(value)));
        var part = $"canary{Letter(number / 26)}{Letter(number % 26)}{random}";
        _placeOfPart.Add(part[..SearchedLength], place);
        return part;

        static char Letter(int value) => (char)('a' + (value % 26));
    }

    private static bool IsIn(string text, string part)
    {
        if (text.Contains(part, StringComparison.OrdinalIgnoreCase))
            return true;
        var bytes = Encoding.UTF8.GetBytes(part);
        for (var before = 0; before < 3; before++)
        {
            // The first and the last characters mix with what surrounds the part.
            var padded = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
            var own = padded[(before == 0 ? 0 : 4)..^2];
            if (own.Length >= LeastBase64 && text.Contains(own, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
