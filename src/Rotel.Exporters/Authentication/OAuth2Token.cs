using System.Globalization;
using System.Text.Json;

namespace Rotel.Exporters.Authentication;

/// <summary>A token endpoint's answer (https://www.rfc-editor.org/rfc/rfc6749#section-5).</summary>
/// <param name="AccessToken">Null when there is none.</param>
/// <param name="ExpiresIn">Null when the server does not say.</param>
/// <param name="Error">The code of a refusal, such as <c>invalid_client</c>; null when there is none that may be shown.</param>
internal readonly record struct OAuth2Token(string? AccessToken, TimeSpan? ExpiresIn, string? Error)
{
    private const long MaxExpirySeconds = 10L * 365 * 24 * 3600;
    private const int MaxErrorLength = 64;

    /// <summary>Reads JSON that may be anything; what is missing or broken is null.</summary>
    public static OAuth2Token Read(ReadOnlySpan<byte> body)
    {
        string? token = null;
        string? type = null;
        string? error = null;
        TimeSpan? expiresIn = null;
        try
        {
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return default;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                json.Read();
                if (name == "access_token" && json.TokenType == JsonTokenType.String)
                    token = json.GetString();
                else if (name == "token_type" && json.TokenType == JsonTokenType.String)
                    type = json.GetString();
                else if (name == "error" && json.TokenType == JsonTokenType.String)
                    error = json.GetString();
                else if (name == "expires_in")
                    expiresIn = ReadSeconds(ref json);
                else
                    json.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }

        if (type is not null && !type.Equals("bearer", StringComparison.OrdinalIgnoreCase))
            token = null;
        return new OAuth2Token(token, expiresIn, IsCode(error) ? error : null);
    }

    /// <summary>A number, or the text of one as some servers write it.</summary>
    private static TimeSpan? ReadSeconds(ref Utf8JsonReader json)
    {
        double seconds;
        if (json.TokenType == JsonTokenType.Number)
        {
            if (!json.TryGetDouble(out seconds))
                return null;
        }
        else if (json.TokenType != JsonTokenType.String
            || !double.TryParse(json.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds))
        {
            json.Skip();
            return null;
        }

        // Servers whose tokens do not expire write 0.
        return seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, MaxExpirySeconds)) : null;
    }

    /// <summary>Codes are words; anything else may be an echo of what was sent.</summary>
    private static bool IsCode(string? error) =>
        error is { Length: > 0 and <= MaxErrorLength } && error.All(c => char.IsAsciiLetterLower(c) || c == '_');
}
