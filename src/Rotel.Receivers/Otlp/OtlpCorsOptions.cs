namespace Rotel.Receivers.Otlp;

/// <summary>
/// Which web pages of other origins may send OTLP/HTTP from a browser (https://fetch.spec.whatwg.org/#http-cors-protocol). Off by default.
/// </summary>
public sealed class OtlpCorsOptions
{
    /// <summary>Gets the origins that may send.</summary>
    /// <value>The default is none: browsers let no page of another origin send.</value>
    /// <remarks>
    /// <c>https://app.example.com</c>, one with a <c>*</c> in it such as <c>https://*.example.com</c>, or <c>*</c> for all. Pages may send
    /// with credentials unless it is <c>*</c> that allows them.
    /// </remarks>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Gets the request headers that pages may set beside <c>content-type</c>, <c>content-encoding</c> and those that need no permission.
    /// </summary>
    /// <value>The default is none. <c>*</c> is any.</value>
    public IList<string> AllowedHeaders { get; } = [];

    /// <summary>Gets the headers of answers that pages may read beside those that need no permission.</summary>
    /// <value>The default is none.</value>
    public IList<string> ExposedHeaders { get; } = [];

    /// <summary>Gets or sets how long browsers may remember the permission.</summary>
    /// <value>The default is <c>null</c>: as long as they like, usually 5 s.</value>
    public TimeSpan? MaxAge { get; set; }
}
