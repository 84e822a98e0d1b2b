using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Rotel.Receivers.Otlp;

/// <summary>Answers browsers that ask whether a page may send here (https://fetch.spec.whatwg.org/#http-cors-protocol).</summary>
internal sealed class CorsPolicy
{
    private const string Any = "*";

    private readonly string[] _exact;
    private readonly (string Start, string End)[] _patterns;
    private readonly bool _allowsAnyOrigin;
    private readonly bool _allowsAnyHeader;
    private readonly string _allowedHeaders;
    private readonly string? _exposedHeaders;
    private readonly string? _maxAge;

    private CorsPolicy(OtlpCorsOptions options)
    {
        var origins = options.AllowedOrigins.Select(origin => origin.Trim()).ToList();
        _allowsAnyOrigin = origins.Contains(Any);
        _exact = [.. origins.Where(origin => !origin.Contains('*', StringComparison.Ordinal))];
        _patterns =
        [
            .. origins.Where(origin => origin != Any && origin.Contains('*', StringComparison.Ordinal))
                .Select(origin => origin.Split('*', 2)).Select(parts => (parts[0], parts[1])),
        ];
        _allowsAnyHeader = options.AllowedHeaders.Contains(Any);
        _allowedHeaders = string.Join(
            ", ",
            options.AllowedHeaders.Where(name => name != Any).Select(name => name.Trim().ToLowerInvariant())
                .Prepend("content-encoding").Prepend("content-type").Distinct(StringComparer.Ordinal));
        _exposedHeaders = options.ExposedHeaders.Count > 0 ? string.Join(", ", options.ExposedHeaders) : null;
        _maxAge = options.MaxAge is { } maxAge ? ((long)maxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Null when no page of another origin may send.</summary>
    public static CorsPolicy? From(OtlpCorsOptions options) => options.AllowedOrigins.Count > 0 ? new CorsPolicy(options) : null;

    /// <summary>Whether the request only asks what it may do.</summary>
    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && !StringValues.IsNullOrEmpty(request.Headers.AccessControlRequestMethod)
        && !StringValues.IsNullOrEmpty(request.Headers.Origin);

    /// <summary>Adds to the answer, success or not, what lets the page read it.</summary>
    public void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        if (context.Request.Headers.Origin is not [{ Length: > 0 } origin] || !MayRepeat(origin) || !TryAllow(origin, headers))
            return;
        if (_exposedHeaders is not null)
            headers.AccessControlExposeHeaders = _exposedHeaders;
    }

    /// <summary>Answers a preflight at a path that exists; <see cref="Apply"/> was called.</summary>
    public void AnswerPreflight(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.Append("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
        if (StringValues.IsNullOrEmpty(response.Headers.AccessControlAllowOrigin))
            return;

        response.Headers.Remove("Access-Control-Expose-Headers");
        response.Headers.AccessControlAllowMethods = HttpMethods.Post;
        var asked = context.Request.Headers.AccessControlRequestHeaders;
        response.Headers.AccessControlAllowHeaders =
            _allowsAnyHeader && asked.Count > 0 && asked.All(MayRepeat) ? asked : _allowedHeaders;
        if (_maxAge is not null)
            response.Headers.AccessControlMaxAge = _maxAge;
    }

    /// <summary>
    /// Whether what was sent may stand in a header of the answer, where the server throws at anything but visible ASCII. Browsers write origins
    /// and names of headers so.
    /// </summary>
    private static bool MayRepeat(string? sent) => sent is not null && !sent.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>An origin that is meant itself may also send credentials; one that is let in with all others may not.</summary>
    private bool TryAllow(string origin, IHeaderDictionary headers)
    {
        if (IsNamed(origin))
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlAllowCredentials = "true";
            return true;
        }

        if (_allowsAnyOrigin)
            headers.AccessControlAllowOrigin = Any;
        return _allowsAnyOrigin;
    }

    private bool IsNamed(string origin)
    {
        foreach (var exact in _exact)
        {
            if (origin.Equals(exact, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        foreach (var (start, end) in _patterns)
        {
            if (origin.Length > start.Length + end.Length
                && origin.StartsWith(start, StringComparison.OrdinalIgnoreCase)
                && origin.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
