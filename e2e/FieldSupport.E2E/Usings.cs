global using FieldSupport.Testing;
global using Microsoft.Playwright;
global using Xunit;
