using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Rotel.Receivers.Server;

/// <summary>
/// As much of a web host builder as Kestrel's registration extensions ask for: a place for services. A real one would announce itself on
/// the diagnostic source that test hosts and design-time tools watch for the application's own host.
/// </summary>
internal sealed class ServerServices : IWebHostBuilder
{
    private readonly WebHostBuilderContext _context = new();

    public ServiceCollection Services { get; } = new();

    public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(Services);
        return this;
    }

    public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
    {
        configureServices(_context, Services);
        return this;
    }

    public string? GetSetting(string key) => null;

    public IWebHostBuilder UseSetting(string key, string? value) => this;

    public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) =>
        throw new NotSupportedException("The inner server has no configuration.");

#pragma warning disable ASPDEPR008 // The interface demands the obsolete type.
    public IWebHost Build() => throw new NotSupportedException("The inner server has no host.");
#pragma warning restore ASPDEPR008 // As above.
}
