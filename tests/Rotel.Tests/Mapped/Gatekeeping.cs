using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rotel.Mapped;

/// <summary>What an application puts before its endpoints.</summary>
internal static class Gatekeeping
{
    /// <summary>Lets in who shows the bearer token.</summary>
    public static WebApplicationBuilder AddTokens(this WebApplicationBuilder builder, string token)
    {
        builder.Services.AddAuthentication("token").AddScheme<TokenOptions, TokenHandler>("token", options => options.Token = token);
        builder.Services.AddAuthorization();
        return builder;
    }

    /// <summary>Lets in so many requests, and no more for as long as a test runs.</summary>
    public static WebApplicationBuilder AddFixedWindow(this WebApplicationBuilder builder, string policy, int permits)
    {
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = 429;
            limiter.AddFixedWindowLimiter(policy, window => (window.PermitLimit, window.Window) = (permits, TimeSpan.FromHours(1)));
        });
        return builder;
    }

    private sealed class TokenOptions : AuthenticationSchemeOptions
    {
        public string Token { get; set; } = "";
    }

    private sealed class TokenHandler(IOptionsMonitor<TokenOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<TokenOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var isRight = Request.Headers.Authorization == $"Bearer {Options.Token}";
            return Task.FromResult(isRight
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity("token")), "token"))
                : AuthenticateResult.NoResult());
        }
    }
}
